import threading


class _Context(threading.local):
    request_id = "-"


_local = _Context()


def set_request_id(request_id: str) -> None:
    _local.request_id = request_id


def get_request_id() -> str:
    return _local.request_id
