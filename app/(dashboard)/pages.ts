import {
  BookOpen,
  ChartColumn,
  Gauge,
  KeyRound,
  List,
  type LucideIcon,
  MessagesSquare,
  PlugZap,
  ScrollText,
  Settings,
  Users,
  UsersRound,
} from "lucide-react";

export type DashboardPage = { path: string; words: string; icon: LucideIcon; group: 1 | 2 | 3 };

/** The pages of a workspace, as the rail and the palette name them. */
export const PAGES: readonly DashboardPage[] = [
  { path: "", words: "Overview", icon: ChartColumn, group: 1 },
  { path: "requests", words: "Requests", icon: List, group: 1 },
  { path: "people", words: "People", icon: Users, group: 1 },
  { path: "personas", words: "Personas", icon: MessagesSquare, group: 1 },
  { path: "keys", words: "API keys", icon: KeyRound, group: 2 },
  { path: "connections", words: "Connections", icon: PlugZap, group: 2 },
  { path: "usage", words: "Usage", icon: Gauge, group: 2 },
  { path: "members", words: "Members", icon: UsersRound, group: 3 },
  { path: "activity", words: "Activity", icon: ScrollText, group: 3 },
  { path: "settings", words: "Settings", icon: Settings, group: 3 },
];

export const DOCS = { href: "/docs", words: "Docs", icon: BookOpen };
