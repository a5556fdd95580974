#include "store/service/service_doc.h"
#include "store/service/service_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

StatusPage read_page(const Row& row) {
  StatusPage page;
  page.id = row.integer(0);
  page.slug = row.text(1);
  read_doc(row.text(2), page);
  page.version = row.integer(3);
  page.created_at = row.time(4);
  page.updated_at = row.time(5);
  return page;
}

Error named(Error error) {
  if (error.code == Errc::conflict) error.text = "a status page with this address exists already";
  return error;
}

Result<StatusPage> page_row(Link& link, std::int64_t id) {
  auto rows = link.run(queries::page_one, {id});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::not_found, "there is no such status page");
  return read_page(rows->front());
}

}  // namespace

Result<std::vector<StatusPage>> ServiceStore::status_pages() {
  return read_value<std::vector<StatusPage>>(database_, [&](Link& link) -> Result<std::vector<StatusPage>> {
    auto rows = link.run(queries::pages_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<StatusPage> out;
    for (const Row& row : *rows) out.push_back(read_page(row));
    return out;
  });
}

Result<StatusPage> ServiceStore::create_status_page(const StatusPage& page) {
  return write_value<StatusPage>(database_, [&](Link& link) -> Result<StatusPage> {
    auto rows = link.run(queries::page_insert, {page.slug, doc_of(page), ms(page.created_at), ms(page.created_at)});
    if (!rows) return fail(named(std::move(rows).error()));
    return page_row(link, rows->front().integer(0));
  });
}

Result<StatusPage> ServiceStore::update_status_page(const StatusPage& page, std::int64_t expected_version) {
  return write_value<StatusPage>(database_, [&](Link& link) -> Result<StatusPage> {
    auto rows =
        link.run(queries::page_update, {page.slug, doc_of(page), ms(page.updated_at), page.id, expected_version});
    if (!rows) return fail(named(std::move(rows).error()));
    if (rows->empty()) {
      if (auto there = page_row(link, page.id); !there) return there;
      return fail(Errc::conflict, "the status page was changed meanwhile");
    }
    return page_row(link, page.id);
  });
}

Status ServiceStore::remove_status_page(std::int64_t id) {
  return database_.write([&](Link& link) -> Status {
    auto rows = link.run(queries::page_delete, {id});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such status page");
    return {};
  });
}

}  // namespace monitorix::store
