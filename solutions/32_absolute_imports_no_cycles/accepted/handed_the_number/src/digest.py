import sys

from src.posts import service as posts_service
from src.users import service as users_service


def write_digest() -> str:
    profiles = [
        users_service.make_profile(user, len(posts_service.list_posts_of(user.user_id)))
        for user in users_service.list_users()
    ]
    return "".join(f"{profile.name}: posts {profile.post_count}\n" for profile in profiles)


if __name__ == "__main__":
    sys.stdout.write(write_digest())
