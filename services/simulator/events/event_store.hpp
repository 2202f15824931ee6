// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "simulator/events/event_draft.hpp"

namespace millrace::simulator {

/// One event of a burst: the n-th of its entity in its run, so that a test can prove order.
struct BurstEvent {
    std::uint32_t series = 0;    ///< what begin_burst gave
    std::uint32_t context = 0;   ///< what intern gave
    std::uint32_t sequence = 0;  ///< 1.. per entity
};

/// What all burst events of one run have in common.
struct BurstSeries {
    std::uint32_t run = 0;
    std::string class_name;  ///< a subclass of VmEvent, or "EventEx"
    std::string user_name;
};

/// A view of one stored event. Texts live as long as the store.
struct EventRow {
    std::int32_t key = 0;
    std::int32_t chain = 0;
    std::int64_t created_us = 0;
    std::string_view class_name;
    std::string_view event_type_id;
    std::string_view user_name;
    EventContext const* context = nullptr;
    std::uint32_t context_number = 0;
};

/// Every event since the start, in order of key and time; nothing is ever dropped. 48 bytes an
/// event plus its message; burst events have no text of their own and are written when read.
class EventStore {
public:
    /// Keys count up from `first_key` and wrap to negative numbers as vCenter's do (fault F11).
    explicit EventStore(std::int32_t first_key) : next_key_(first_key) {}

    /// Returns the key. Time never steps back from one event to the next.
    std::int32_t append(EventDraft const& draft, SystemTime now);
    std::int32_t append(BurstEvent const& event, SystemTime now);

    std::uint32_t intern(EventContext const& context);
    std::uint32_t begin_burst(BurstSeries series);

    std::size_t size() const { return records_.size(); }
    EventRow row(std::size_t index) const;
    /// The first event at or after `begin`.
    std::size_t lower_bound(SystemTime begin) const;

    /// Appends `<element xsi:type="Class">...</element>`, all base fields in vSphere's order.
    void render(
        std::size_t index, std::string_view element, bool with_message, std::string& out) const;

    /// Process memory held for events, about.
    std::size_t bytes() const;

private:
    struct Record {
        std::int64_t created_us = 0;
        std::uint64_t text = 0;  ///< block and offset, or for a burst: series and sequence
        std::int32_t key = 0;
        std::int32_t chain = 0;
        std::uint32_t context = 0;
        std::uint32_t message_length = 0;  ///< burst_mark: a burst event
        std::uint32_t details_length = 0;
        std::uint16_t kind = 0;
        std::uint16_t user = 0;
    };
    struct Context {
        EventContext value;
        std::string xml;
    };
    struct Kind {
        std::string class_name;
        std::string event_type_id;
    };
    static constexpr std::uint32_t burst_mark = UINT32_MAX;

    Record& add(SystemTime now);
    std::uint16_t intern_kind(std::string const& class_name, std::string const& event_type_id);
    std::uint16_t intern_user(std::string const& name);
    std::uint64_t keep_text(std::string_view message_xml, std::string_view details_xml);
    std::string_view text(Record const& record) const;
    void render_burst(Record const& record, bool with_message, std::string& out) const;

    std::int32_t next_key_;
    std::deque<Record> records_;
    std::deque<std::string> blocks_;
    std::deque<Context> contexts_;
    std::map<std::string, std::uint32_t, std::less<>> context_numbers_;
    std::deque<Kind> kinds_;
    std::map<std::pair<std::string, std::string>, std::uint16_t> kind_numbers_;
    std::deque<std::string> users_;
    std::map<std::string, std::uint16_t, std::less<>> user_numbers_;
    std::deque<BurstSeries> series_;
};

}  // namespace millrace::simulator
