// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>
#include <string>
#include <vector>

#include "simulator/datacentre/simulation.hpp"
#include "simulator/soap/soap_service.hpp"

namespace millrace::simulator::test {

inline SystemTime const noon = SystemTime(std::chrono::seconds(1'795'003'200));

inline SimulationOptions options() {
    SimulationOptions wanted;
    wanted.password = Secret(std::string("secret"));
    return wanted;
}

/// A simulated vCenter without sockets, and one client of it.
struct Vcenter {
    explicit Vcenter(SimulationOptions wanted = options()) : world(std::move(wanted), noon) {}

    Simulation world;
    SoapService soap{world};
    SystemTime now = noon;
    std::string cookie;

    static std::string envelope(std::string const& call) {
        return "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/"
               "envelope/\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Body>" +
               call + "</s:Body></s:Envelope>";
    }

    HttpResponse send(std::string const& call) {
        HttpRequest request;
        request.method = "POST";
        request.path = "/sdk";
        request.peer = "127.0.0.1:5";
        request.body = envelope(call);
        if (!cookie.empty())
            request.headers.add("Cookie", "vmware_soap_session=\"" + cookie + "\"; Path=/");
        auto exchange = soap.read(request);
        if (!exchange)
            return exchange.error();
        if (!SoapService::is_wait(*exchange))
            return soap.call(*exchange, now);
        auto answer = soap.poll(*exchange, soap.cancellations(*exchange, now), now);
        return answer ? *answer : SoapService::nothing_new(*exchange);
    }

    /// `<name xmlns="urn:vim25"><_this type=...>...</_this>arguments</name>`
    HttpResponse call(
        std::string const& name, ManagedReference const& self, std::string const& arguments = {}) {
        return send(
            "<" + name + " xmlns=\"urn:vim25\"><_this type=\"" + self.type + "\">" + self.value +
            "</_this>" + arguments + "</" + name + ">");
    }

    HttpResponse login(std::string const& password = "secret") {
        auto const answer = call(
            "Login", {"SessionManager", "SessionManager"},
            "<userName>administrator@vsphere.local</userName><password>" + password +
                "</password>");
        std::string const set(answer.headers.get("Set-Cookie"));
        auto const begin = set.find('"');
        if (begin != std::string::npos)
            cookie = set.substr(begin + 1, set.find('"', begin + 1) - begin - 1);
        return answer;
    }

    /// The reference in the answer's returnval.
    static ManagedReference returned(HttpResponse const& answer) {
        pugi::xml_document document;
        document.load_string(answer.body.c_str());
        return reference_of(document.find_node(
            [](pugi::xml_node node) { return local_name(node) == "returnval"; }));
    }

    /// The text of every element of that name, in order.
    static std::vector<std::string> texts(HttpResponse const& answer, std::string const& name) {
        pugi::xml_document document;
        document.load_string(answer.body.c_str());
        std::vector<std::string> found;
        for (auto const& node : document.select_nodes(("//*[local-name()='" + name + "']").c_str()))
            found.emplace_back(node.node().text().get());
        return found;
    }

    static std::string fault(HttpResponse const& answer) {
        pugi::xml_document document;
        document.load_string(answer.body.c_str());
        auto const detail = document.select_node("//*[local-name()='detail']/*").node();
        return answer.status == 500 ? xsi_type(detail) : std::string();
    }

    ManagedReference collector(std::string const& filter = {}) {
        return returned(call(
            "CreateCollectorForEvents", {"EventManager", "EventManager"},
            "<filter>" + filter + "</filter>"));
    }

    HttpResponse read_next(ManagedReference const& collector, int count) {
        return call(
            "ReadNextEvents", collector, "<maxCount>" + std::to_string(count) + "</maxCount>");
    }
};

/// The classes of the events from `first` on.
inline std::vector<std::string> classes_since(Simulation const& world, std::size_t first) {
    std::vector<std::string> found;
    for (auto index = first; index < world.events.size(); ++index)
        found.emplace_back(world.events.row(index).class_name);
    return found;
}

}  // namespace millrace::simulator::test
