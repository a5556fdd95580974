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
export type Forecast = Schemas["Forecast"];
export type Risk = Schemas["Risk"];
export type ClusterRisks = Schemas["ClusterRisks"];
