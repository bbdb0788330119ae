from src.posts.service import list_posts_of
from src.users.schemas import Profile, User
from src.users.service import display_name


def get_profile(user: User) -> Profile:
    posts = list_posts_of(user.user_id)
    return Profile(user.user_id, display_name(user), len(posts))
