from src.exceptions import DocfliqError


class PostNotFoundError(DocfliqError):
    status, code, message = 404, "post_not_found", "There is no such post"


class NotADraftError(DocfliqError):
    status, code, message = 409, "not_a_draft", "The post is published already"


class AlreadyBookmarkedError(DocfliqError):
    status, code, message = 409, "already_bookmarked", "The post is among your bookmarks already"


class NotBookmarkedError(DocfliqError):
    status, code, message = 409, "not_bookmarked", "The post is not among your bookmarks"
