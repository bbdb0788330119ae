import src
from src.users.schemas import Profile, User

_USERS = {
    "u-asha": User("u-asha", "Dr. Asha Menon", "cardiology"),
    "u-rohan": User("u-rohan", "Dr. Rohan Kulkarni", "orthopaedics"),
    "u-imran": User("u-imran", "Imran Sheikh", None),
}


def find_user(user_id: str) -> User | None:
    return _USERS.get(user_id)


def list_users() -> list[User]:
    return list(_USERS.values())


def display_name(user: User) -> str:
    return f"{user.full_name}, {user.specialty}" if user.specialty else user.full_name


def get_profile(user: User) -> Profile:
    posts = src.posts.service.list_posts_of(user.user_id)
    return Profile(user.user_id, display_name(user), len(posts))
