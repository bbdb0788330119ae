from dataclasses import dataclass


@dataclass(frozen=True)
class PostLiked:
    author_id: str
    liker_name: str
    title: str
