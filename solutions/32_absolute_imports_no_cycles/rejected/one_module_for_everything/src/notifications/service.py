from src.backend import like_notice

__all__ = ["like_notice"]
