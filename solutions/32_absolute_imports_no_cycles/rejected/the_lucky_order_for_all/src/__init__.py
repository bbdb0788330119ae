from src.posts import service as _posts_service  # the order matters, see DOC-3390
