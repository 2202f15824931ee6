// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/field_fault.hpp"
#include "common/base/json.hpp"
#include "common/net/http_server.hpp"

namespace millrace::console {

/// RFC 9457 answer with the API's codes; `faults` become errors[].
HttpAnswer make_problem(
    int status, std::string_view code, std::string_view detail, FieldFaults const& faults = {});

/// For what another service or the store refused: not_found becomes 404 with `not_found_code`,
/// storage and unavailable 503 service.unavailable, conflict 412.
HttpAnswer make_problem(Error const& error, std::string_view not_found_code);

/// 200 (or `status`) with a JSON body.
HttpAnswer json_body(Json const& value, int status = 200);
/// 200 with a text that is JSON already.
HttpAnswer json_text_body(std::string json);
/// {"items": [...]}
HttpAnswer items_body(Json items);

}  // namespace millrace::console
