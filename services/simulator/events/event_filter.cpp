// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_filter.hpp"

#include <algorithm>

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

/// The object an event is about: the most specific one it names.
std::string_view subject_of(EventContext const& context, Inventory const& inventory) {
    for (auto const* one :
         {&context.vm, &context.host, &context.compute_resource, &context.datacenter}) {
        if (!one->empty())
            return one->reference.value;
    }
    return inventory.root;
}

bool names(EventContext const& context, std::string_view id) {
    for (auto const* one :
         {&context.vm, &context.host, &context.compute_resource, &context.datacenter,
          &context.datastore, &context.network}) {
        if (one->reference.value == id)
            return true;
    }
    return false;
}

/// "vim.event.VmPoweredOnEvent" is accepted for "VmPoweredOnEvent".
std::string_view without_package(std::string_view type_id) {
    constexpr std::string_view package = "vim.event.";
    return type_id.starts_with(package) ? type_id.substr(package.size()) : type_id;
}

}  // namespace

EventMatcher::EventMatcher(EventFilter filter, Inventory const& inventory)
    : filter_(std::move(filter)),
      inventory_(&inventory),
      any_entity_(
          !filter_.entity || (filter_.entity->id == inventory.root &&
                              filter_.entity->recursion == EventFilter::Recursion::all)) {}

bool EventMatcher::matches(EventRow const& row) {
    if (filter_.begin && row.created_us < to_microseconds(*filter_.begin))
        return false;
    if (filter_.end && row.created_us > to_microseconds(*filter_.end))
        return false;
    if (filter_.chain && row.chain != *filter_.chain)
        return false;
    if (filter_.has_user_filter) {
        bool const known = row.user_name.empty()
                               ? filter_.system_user
                               : filter_.users.empty() || filter_.users.contains(row.user_name);
        if (!known)
            return false;
    }
    return matches_type(row) && (any_entity_ || matches_entity(row));
}

bool EventMatcher::matches_type(EventRow const& row) const {
    auto const fits_class = [&](std::string const& base) {
        return is_event_class(row.class_name, base);
    };
    if (!filter_.classes.empty() && std::ranges::none_of(filter_.classes, fits_class))
        return false;
    if (filter_.type_ids.empty())
        return true;
    auto const own = row.event_type_id.empty() ? row.class_name : row.event_type_id;
    auto const fits_id = [&](std::string const& wanted) {
        return own == wanted || own == without_package(wanted);
    };
    return std::ranges::any_of(filter_.type_ids, fits_id);
}

bool EventMatcher::matches_entity(EventRow const& row) {
    if (context_verdicts_.size() <= row.context_number) {
        context_verdicts_.resize(std::size_t{row.context_number} + 1, -1);
    }
    auto& verdict = context_verdicts_[row.context_number];
    if (verdict < 0)
        verdict = context_matches(*row.context) ? 1 : 0;
    return verdict == 1;
}

bool EventMatcher::context_matches(EventContext const& context) const {
    auto const& wanted = *filter_.entity;
    auto const subject = subject_of(context, *inventory_);
    switch (wanted.recursion) {
        case EventFilter::Recursion::self:
            return subject == wanted.id;
        case EventFilter::Recursion::children: {
            auto const* entity = inventory_->find(subject);
            return entity && entity->parent == wanted.id;
        }
        case EventFilter::Recursion::all:
            break;
    }
    return names(context, wanted.id) || inventory_->is_under(subject, wanted.id);
}

}  // namespace millrace::simulator
