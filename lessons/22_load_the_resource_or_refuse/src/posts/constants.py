from enum import StrEnum


class PostStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    EDITED = "EDITED"
    SOFT_DELETED = "SOFT_DELETED"
