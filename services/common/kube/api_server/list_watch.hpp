// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/kube/told_objects.hpp"

namespace millrace {

/// What a watch of the API server asks for next and what it makes of the answers: list page by
/// page, then watch from the listing's version on; list again when that version is not kept any
/// more (410). What is gone is known from a whole listing or a DELETED alone. Pure.
/// kubernetes.io/docs/reference/using-api/api-concepts "Efficient detection of changes".
class ListWatch {
public:
    explicit ListWatch(ResourceKind const& kind) : kind_(kind) {}

    /// Whether the next page of a listing is wanted; else the changes after `version`.
    bool is_listing() const { return is_listing_; }
    std::string const& continue_token() const { return continue_; }
    std::string const& version() const { return version_; }

    /// A page that has come. Errors: `unavailable` for what is no list.
    Result<void> take_page(Json page);
    /// One line of the watch's answer. Errors: what the server reports in the stream, and
    /// `unavailable` for what is no watch event; everything is listed again then.
    Result<void> take_line(std::string_view line);
    /// 410, to either: a listing begins from the front. Errors: `unavailable` where that comes
    /// twice without a change in between; who goes on at once would ask for ever.
    Result<void> gone();

    /// What stood in the way of the watch does not any more.
    void tell_synced_again() { told_.add_synced(); }
    bool has_event() const { return told_.has_event(); }
    WatchEvent take() { return told_.take(); }

private:
    void list_again();
    Resource completed(Json object) const;
    Result<void> take_change(std::string const& type, Json object);
    ResourceName tell(Json object);

    ResourceKind const& kind_;
    bool is_listing_ = true;
    bool is_synced_ = false;
    bool was_gone_ = false;  ///< and no change has come since
    std::string continue_;
    std::string version_;
    std::vector<ResourceName> listed_;  ///< of the pages so far
    ToldObjects told_;
};

}  // namespace millrace
