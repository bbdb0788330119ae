from src.users.service import display_name, find_user, list_users

__all__ = ["display_name", "find_user", "list_users"]
