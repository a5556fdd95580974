// The nouns of the wire, by their short names.
import type { components } from "../api/schema.gen";

type Schemas = components["schemas"];
export type Cluster = Schemas["Cluster"];
export type Endpoint = Schemas["Endpoint"];
export type Certificate = Schemas["Certificate"];
export type Node = Schemas["Node"];
export type Vm = Schemas["Vm"];
export type VmCurrent = Schemas["VmCurrent"];
export type Storage = Schemas["Storage"];
export type Task = Schemas["Task"];
export type DoctorCheck = Schemas["DoctorCheck"];
export type SeriesAnswer = Schemas["SeriesAnswer"];
export type MetricSeries = Schemas["MetricSeries"];
export type SeriesMark = Schemas["SeriesMark"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type Forecast = Schemas["Forecast"];
export type BackupCoverage = Schemas["BackupCoverage"];
export type BackupRun = Schemas["Backup"];
export type BackupJob = Schemas["BackupJob"];
export type BackupSummary = Schemas["BackupSummary"];
export type CoverageState = Schemas["CoverageState"];
export type BackupPolicy = Schemas["BackupPolicy"];
