from src import utils
from src.notifications import service as notifications_service
from src.notifications.schemas import Notification
from src.posts.schemas import Post, PostCard
from src.users import service as users_service
from src.users.schemas import User

_POSTS = {
    post.post_id: post
    for post in (
        Post(
            "p-1",
            "u-asha",
            "Reading a wide QRS at 3 a.m.",
            "A regular broad-complex tachycardia is ventricular until proved otherwise. Ask for an"
            " old tracing, look for capture and fusion beats, and call for help early on.",
        ),
        Post(
            "p-2",
            "u-rohan",
            "Ankle fractures: when is a plain film enough?",
            "Three views, and a look at the proximal fibula.",
        ),
        Post("p-8", "u-asha", "Amiodarone, and then?", "What I do in the first hour."),
        Post("p-5", "u-left", "When a fever is not a fever", "The thermometer first."),
    )
}


def find_post(post_id: str) -> Post | None:
    return _POSTS.get(post_id)


def list_posts_of(author_id: str) -> list[Post]:
    return [post for post in _POSTS.values() if post.author_id == author_id]


def make_card(post: Post) -> PostCard:
    author = users_service.find_user(post.author_id)
    name = users_service.display_name(author) if author else None
    return PostCard(post.post_id, post.title, name, utils.snippet_of(post.body))


def like(post: Post, liker: User) -> Notification:
    liker_name = users_service.display_name(liker)
    return notifications_service.like_notice(post.author_id, liker_name, post.title)
