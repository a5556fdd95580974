#pragma once
// Rules, routes, silences, windows and what of an alert has no column, as JSON. Read tolerantly: an absent or odd
// member keeps its default.

#include <string>

#include "model/alert/alert.h"

namespace monitorix::store {

std::string doc_of(const Rule& rule);
void read_doc(const std::string& doc, Rule& rule);
std::string doc_of(const Route& route);
void read_doc(const std::string& doc, Route& route);
std::string doc_of(const Silence& silence);
void read_doc(const std::string& doc, Silence& silence);
std::string doc_of(const Window& window);
void read_doc(const std::string& doc, Window& window);
std::string doc_of(const Alert& alert);
void read_doc(const std::string& doc, Alert& alert);

}  // namespace monitorix::store
