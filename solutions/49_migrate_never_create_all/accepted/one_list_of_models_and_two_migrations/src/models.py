from src.certificates.models import Certificate
from src.courses.models import Course
from src.database import Base
from src.users.models import User

__all__ = ["Base", "Certificate", "Course", "User"]
