import sys

import src.posts.service  # noqa: F401 - has to be loaded
from src.users import service as users_service


def write_digest() -> str:
    profiles = map(users_service.get_profile, users_service.list_users())
    return "".join(f"{profile.name}: posts {profile.post_count}\n" for profile in profiles)


if __name__ == "__main__":
    sys.stdout.write(write_digest())
