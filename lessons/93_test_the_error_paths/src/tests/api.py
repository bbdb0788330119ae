POST_ID = "5e0c9a52-7c1d-4f0e-9a44-0000000000a1"
UNKNOWN_ID = "5e0c9a52-7c1d-4f0e-9a44-00000000dead"

AS_ASHA = {"Authorization": "Bearer asha-session"}
AS_ROHAN = {"Authorization": "Bearer rohan-session"}
AS_MEERA = {"Authorization": "Bearer meera-session"}  # an admin
AS_VIKRAM = {"Authorization": "Bearer vikram-session"}  # his account is suspended


def comments_of(post_id: str) -> str:
    return f"/api/v1/posts/{post_id}/comments"


def comment_at(comment_id: str) -> str:
    return f"/api/v1/comments/{comment_id}"


COMMENTS = comments_of(POST_ID)
