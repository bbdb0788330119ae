from src.posts import service as posts_service
from src.users import display_name
from src.users.schemas import Profile, User


def get_profile(user: User) -> Profile:
    posts = posts_service.list_posts_of(user.user_id)
    return Profile(user.user_id, display_name(user), len(posts))
