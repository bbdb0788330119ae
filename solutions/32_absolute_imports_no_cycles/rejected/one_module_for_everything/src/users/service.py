from src.backend import display_name, find_user, get_profile, list_users

__all__ = ["display_name", "find_user", "get_profile", "list_users"]
