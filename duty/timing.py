"""How long the product took and how often it asked the database, for the benchmarks (TIMING=1)."""

import time

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection


class Timing:
    """Outermost: everything of ours is inside. Answers in the Server-Timing header."""

    def __init__(self, get_response):
        if not settings.TIMING:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        asked = [0, 0.0]

        def count(execute, sql, params, many, context):
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                asked[0] += 1
                asked[1] += time.perf_counter() - began

        began = time.perf_counter()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        spent = time.perf_counter() - began
        response["Server-Timing"] = f"all;dur={spent * 1000:.2f}, db;dur={asked[1] * 1000:.2f};desc={asked[0]}"
        return response
