"""
The imitated APIs as one function from request to answer; Flask, the lane and the in-process mock all call it.

Order of steps: route, caller, faults and limits, size, media type, handler, headers, record.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from mockserver.behaviours import defaults, header_value
from mockserver.core.errors import Refused
from mockserver.http import (
    marketplacer,
    mp_adverts,
    mp_common,
    mp_invoices,
    oauth,
    order_manager,
    orders,
    shipments,
    stock_writes,
)
from mockserver.http.acknowledge import Acknowledge
from mockserver.http.auth import check_level, marketplacer_caller, order_manager_caller
from mockserver.http.bodies import LARGEST_BODY
from mockserver.http.exchange import JSON, JSON_API, Answer, Call
from mockserver.http.failures import Failure, from_refusal, marketplacer_failure, order_manager_failure
from mockserver.http.fault_actions import meddled
from mockserver.http.grounds import grounds
from mockserver.http.routes import CONTROL_PREFIX, NoMatch, Routes, is_marketplacer
from mockserver.http.wire import Dialect, default_dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from mockserver.http.exchange import Handler, Request
    from mockserver.worlds import HostedWorld, Worlds

_LOG: Final = logging.getLogger("mockserver")
_SERVICE: Final = "/service"
_FIRST_ERROR: Final = 400
_EMPTY: Final = (b"", b"[]")
PREFIXES: Final = ("/service", "/v1", "/v1.1", "/v1.2", "/oauth", "/api")


class Gateway:
    """Answers requests to the imitated APIs of all worlds."""

    def __init__(self, worlds: Worlds, dialect: Dialect | None = None) -> None:
        self.worlds = worlds
        # How a fault waits; a server lets others have their turn meanwhile.
        self.hold: Callable[[float], object] = time.sleep
        self._routes = Routes()
        acknowledge = Acknowledge(dialect or default_dialect())
        self._handlers: Mapping[str, Handler] = {
            "acknowledgeInventoryV12": acknowledge,
            "acknowledgeInventoryV11": acknowledge,
            "authorize": oauth.authorize,
            "exchangeCode": oauth.exchange_code,
            "listListings": order_manager.list_listings,
            "listSalesChannels": order_manager.list_sales_channels,
            "listProducts": order_manager.list_products,
            "listProductsV1": order_manager.list_products,
            "listWarehouses": order_manager.list_warehouses,
            "getWarehouse": order_manager.get_warehouse,
            "listInventory": order_manager.list_inventory,
            "listStockTotals": order_manager.list_stock_totals,
            "listStockTotalsV1": order_manager.list_stock_totals,
            "adjustStock": stock_writes.adjust_stock,
            "createStock": stock_writes.create_stock,
            "listOrders": orders.list_orders,
            "listOrdersV1": orders.list_orders,
            "getOrder": orders.get_order,
            "createOrder": orders.create_order,
            "updateOrders": orders.update_orders,
            "updateOrdersV1": orders.update_orders,
            "cancelOrder": orders.cancel_order,
            "shipExternally": shipments.ship_externally,
            "shipStandard": shipments.ship_standard,
            "listShipments": shipments.list_shipments,
            "listInventories": marketplacer.list_inventories,
            "putInventories": marketplacer.put_inventories,
            "deleteInventory": marketplacer.delete_inventory,
            "listMultiStoreMemberships": marketplacer.list_memberships,
            "listVariants": marketplacer.list_variants,
            "getVariant": marketplacer.get_variant,
            "listAdvertVariants": marketplacer.list_advert_variants,
            "getAdvertVariant": marketplacer.get_variant,
            "setStockOnHand": marketplacer.set_stock_on_hand,
            "listAdverts": marketplacer.list_adverts,
            "getAdvert": marketplacer.get_advert,
            "createAdvert": mp_adverts.create_advert,
            "updateAdvert": mp_adverts.update_advert,
            "deleteAdvert": mp_adverts.delete_advert,
            "createVariant": mp_adverts.create_variant,
            "updateVariant": mp_adverts.update_variant,
            "updateAdvertVariant": mp_adverts.update_variant,
            "deleteVariant": mp_adverts.delete_variant,
            "deleteAdvertVariant": mp_adverts.delete_variant,
            "listInvoices": mp_invoices.list_invoices,
            "getInvoice": mp_invoices.get_invoice,
            "sendInvoice": mp_invoices.send_invoice,
            "readyInvoice": mp_invoices.ready_invoice,
            "collectInvoice": mp_invoices.collect_invoice,
            "listInvoiceShipments": mp_invoices.list_shipments,
            "getInvoiceShipment": mp_invoices.get_shipment,
            "createInvoiceShipment": mp_invoices.create_shipment,
            "updateInvoiceShipment": mp_invoices.update_shipment,
        }

    @property
    def operation_ids(self) -> frozenset[str]:
        """The operations that have a handler."""
        return frozenset(self._handlers)

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, headers complete; never raises."""
        route = self._routes.match(request.method, request.path)
        if isinstance(route, NoMatch):
            return self._unrouted(request, route)
        call = Call(request, route.operation, self.worlds, path=route.values)
        try:
            self._identify(call)
        except Failure as failure:
            return self.finished(call, self.failed(call, failure))
        if call.hosted is not None and call.hosted.is_meddled_with:
            return meddled(self, call)
        return self.finished(call, self.handled(call))

    def _identify(self, call: Call) -> None:
        """Find the caller and the world; an open route leads to the world of the app that it names, if to any."""
        operation, headers = call.operation, call.request.headers
        if operation.api == "marketplacer":
            call.hosted, call.seller = marketplacer_caller(self.worlds, headers)
        elif operation.security == ("accessToken",):
            call.hosted, call.token = order_manager_caller(self.worlds, headers)
        else:
            call.hosted = oauth.world_of(call)

    def handled(self, call: Call) -> Answer:
        """Return what the imitated system answers a known caller, not yet recorded; never raises."""
        try:
            return self._served(call)
        except Failure as failure:
            return self.failed(call, failure)
        except Refused as refusal:
            return self.failed(call, from_refusal(refusal))
        except Exception:
            _LOG.exception("unexpected error in %s", call.operation.operation_id)
            return self.failed(call, Failure("server_error", "the mock itself failed; see its log"))

    def _served(self, call: Call) -> Answer:
        if call.operation.api == "marketplacer":
            _check_size(call.request)
            check_level(call)
            _check_media_type(call)
        else:
            if call.token is not None:
                _check_prefix(call)
            _check_size(call.request)
        if call.hosted is not None:
            call.hosted.catch_up()
        return self._handlers[call.operation.operation_id](call)

    def media_type_of(self, call: Call) -> str:
        """Return the media type that a call's answers have."""
        return mp_common.media_type_of(call.world) if call.operation.api == "marketplacer" else JSON

    def failed(self, call: Call, failure: Failure) -> Answer:
        """Return a failure as the API says it."""
        if call.operation.api == "marketplacer":
            return marketplacer_failure(failure, mp_common.media_type_of(call.hosted) if call.hosted else JSON_API)
        return order_manager_failure(failure, call.option("om.error-body") if call.hosted else "message-and-code")

    def finished(
        self, call: Call, answer: Answer, *, fault: Mapping[str, Any] | None = None, has_grounds: bool = True
    ) -> Answer:
        """Return an answer with the behaviours that it rests on, unless told, and record it with what a fault did."""
        hosted, operation = call.hosted or self.worlds.default, call.operation
        finished = self._grounded(call, answer, hosted) if has_grounds else answer
        if hosted is not None:
            _record(hosted, operation.api, operation.operation_id, call.request, finished, fault)
        return finished

    def _grounded(self, call: Call, answer: Answer, hosted: HostedWorld | None) -> Answer:
        operation = call.operation
        has_rows = answer.status < _FIRST_ERROR and answer.body not in _EMPTY
        features = hosted.world.features if hosted else ()
        # Features are only ever added, so their number tells one set from the next.
        key = (operation.operation_id, answer.status < _FIRST_ERROR, has_rows, len(features))
        value = _told(hosted, key, lambda: grounds(operation.behaviours, features, has_rows=has_rows))
        return answer._replace(headers=(*answer.headers, ("X-Mock-Behaviours", value)))

    def _unrouted(self, request: Request, route: NoMatch) -> Answer:
        hosted = self._claimed(request)
        ids: tuple[str, ...]
        if is_marketplacer(request.path):
            api, ids = "marketplacer", ("MP-API-02", "MP-API-03", "mp.media-type")
            answer = _unknown_to_marketplacer(request, route, hosted)
        else:
            api, ids = "order-manager", ("om.error-body",)
            answer = _unknown_to_order_manager(request, route, hosted)
        value = _told(hosted, (api, "unrouted"), lambda: ids)
        answer = answer._replace(headers=(*answer.headers, ("X-Mock-Behaviours", value)))
        if hosted is not None:
            _record(hosted, api, None, request, answer)
        return answer

    def _claimed(self, request: Request) -> HostedWorld | None:
        """Return the world that a request without a route belongs to, by its credential, else the default."""
        for caller in (order_manager_caller, marketplacer_caller):
            try:
                return caller(self.worlds, request.headers)[0]
            except Failure:
                continue
        return self.worlds.default


def _unknown_to_marketplacer(request: Request, route: NoMatch, hosted: HostedWorld | None) -> Answer:
    """Answer a wrong method like a wrong path, as Marketplacer does (MP-API-02)."""
    failure = Failure("not_found", f"no such route; the nearest is {route.nearest}{_hint(request.path)}")
    return marketplacer_failure(failure, mp_common.media_type_of(hosted) if hosted else JSON_API)


def _unknown_to_order_manager(request: Request, route: NoMatch, hosted: HostedWorld | None) -> Answer:
    style = hosted.world.readings["om.error-body"] if hosted else "message-and-code"
    if route.path_exists:
        failure = Failure("method_not_allowed", f"{request.method} is not served here; there is {route.nearest}")
        return order_manager_failure(failure, style)._replace(headers=(("Allow", ", ".join(route.allowed)),))
    failure = Failure("not_found", f"no such route; the nearest is {route.nearest}{_hint(request.path)}")
    return order_manager_failure(failure, style)


def _hint(path: str) -> str:
    """Return where else to look, for a path that is not even near one of the imitated APIs."""
    known = "/" + path.lstrip("/").partition("/")[0] in PREFIXES
    return "" if known else f"; the control API is under {CONTROL_PREFIX}"


def _told(hosted: HostedWorld | None, key: object, ids: Callable[[], Iterable[str]]) -> str:
    """Return the X-Mock-Behaviours value; where the request led to no world, with the registry's defaults."""
    return hosted.headers_for(key, ids) if hosted else header_value(ids(), defaults())


def _record(
    hosted: HostedWorld,
    api: str,
    operation_id: str | None,
    request: Request,
    answer: Answer,
    fault: Mapping[str, Any] | None = None,
) -> None:
    hosted.recorder.record(
        hosted.world.now_ms,
        api,
        operation_id,
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        answer.status,
        answer.headers,
        answer.body,
        fault,
    )


def _check_size(request: Request) -> None:
    if len(request.body) > LARGEST_BODY:
        raise Failure("too_large", f"the body is larger than {LARGEST_BODY} bytes")


def _check_prefix(call: Call) -> None:
    if call.option("om.service-prefix") == "required" and not call.request.path.startswith(_SERVICE):
        raise Failure("not_found", f"no such route; the nearest is {call.request.method} {_SERVICE}{call.request.path}")


def _check_media_type(call: Call) -> None:
    """POST and PUT need the JSON:API media type (MP-API-02)."""
    operation = call.operation
    if not operation.media_types or (not operation.body_required and not call.request.body):
        return
    given = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != JSON_API:
        detail = f"Content-Type must be {JSON_API}, not {given[:80] or 'absent'}"
        raise Failure("unsupported_media_type", detail)
