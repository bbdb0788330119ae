import sys

from src.posts import service as _posts_service  # noqa: F401 - first, as the wiki says
from src.users import service as users_service


def write_digest() -> str:
    profiles = map(users_service.get_profile, users_service.list_users())
    return "".join(f"{profile.name}: posts {profile.post_count}\n" for profile in profiles)


if __name__ == "__main__":
    sys.stdout.write(write_digest())
