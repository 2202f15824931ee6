// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// A console process over a state folder of its own, with the services behind it as processes that
/// a test starts and kills as it likes, and one browser: its cookie and the headers its page sends.
class ConsoleWorld {
public:
    explicit ConsoleWorld(std::vector<std::string> console_flags = {});

    /// What a sanitizer found in the processes would else be gone with the folder.
    ~ConsoleWorld();

    /// Starts the console and signs in by its link.
    Task<void> sign_in();
    /// The code in the one-time URL as it stands now.
    std::string login_code() const;

    /// A request as the page makes it; `target` is path and query as they are sent.
    HttpRequest request(std::string method, std::string body = {}) const;
    Task<HttpResponse> send(std::string target, HttpRequest request);
    Task<HttpResponse> get(std::string path) { return send(std::move(path), request("GET")); }
    /// A request with a JSON body.
    Task<HttpResponse> call(std::string method, std::string path, std::string body);
    /// Opens a stream; fails the test unless it is one.
    Task<std::unique_ptr<BodyReader>> open(std::string target, HttpRequest request);

    Task<void> put(ResourceKind const& kind, std::string name, std::string spec);
    /// Posts one event to the broker; fails the test unless it is accepted.
    Task<void> post_event(std::string id);
    /// Posts `count` events in one request.
    Task<void> post_batch(int count);

    asio::io_context io;
    TemporaryFolder folder;
    DirectoryStore store;
    HttpClient client;
    ChildService console;
    ChildService broker;
    ChildService runner;
    std::string cookie;

private:
    Task<void> post(HttpRequest event);
    ChildLaunch launch_of(std::string const& service, std::vector<std::string> more) const;
    std::vector<std::string> with_web(std::vector<std::string> flags) const;
};

/// The JSON of an answer; fails the test if it is none.
Json json_of(HttpResponse const& answer);
/// The code of a problem; fails the test unless it is a whole RFC 9457 problem of that status.
std::string problem_code(HttpResponse const& answer, int status);
/// Every header a browser needs to keep the page safe is there.
void check_security_headers(HttpResponse const& answer);

/// Server-sent events of one stream, taken apart.
class EventReader {
public:
    explicit EventReader(std::unique_ptr<BodyReader> body) : body_(std::move(body)) {}
    struct Item {
        std::string event;
        std::string id;
        Json data;
    };
    /// The next; nothing when the stream has ended. Fails the test after 20 s of silence.
    Task<std::optional<Item>> next();

private:
    std::unique_ptr<BodyReader> body_;
    std::string buffer_;
};

}  // namespace millrace::test
