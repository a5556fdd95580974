#pragma once
// The statements about facts, by the rules of queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

inline constexpr Query facts_all{"facts_all", "SELECT cluster_id, subject, topic, heard_at, doc FROM fact"};
inline constexpr Query fact_save{"fact_save", R"(
INSERT INTO fact(cluster_id, subject, topic, heard_at, doc)
SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?1)
ON CONFLICT(cluster_id, subject, topic) DO UPDATE SET heard_at = excluded.heard_at, doc = excluded.doc)"};
inline constexpr Query fact_forget{"fact_forget", "DELETE FROM fact WHERE cluster_id = ?1 AND subject = ?2"};

}  // namespace monitorix::store::queries
