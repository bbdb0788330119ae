from src.backend import find_post, like, list_posts_of, make_card

__all__ = ["find_post", "like", "list_posts_of", "make_card"]
