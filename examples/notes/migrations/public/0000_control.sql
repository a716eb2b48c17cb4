CREATE TABLE "tenants" (
	"name" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"database" text DEFAULT 'primary' NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"claimed_at" timestamp with time zone,
	CONSTRAINT "tenants_name_check" CHECK ("tenants"."name" ~ '^t_[a-z0-9]{12,26}$'),
	CONSTRAINT "tenants_state_check" CHECK (state in ('provisioning', 'standby', 'ready', 'template', 'suspended', 'archived', 'purging', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "fleet_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "fleet_runs_state_check" CHECK (state in ('running', 'paused', 'halted', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "fleet_turns" (
	"run_id" uuid NOT NULL,
	"tenant" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"canary" boolean DEFAULT false NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"from_version" integer NOT NULL,
	"to_version" integer NOT NULL,
	"error" text,
	"started_at" timestamp (3) with time zone,
	"duration_ms" integer,
	CONSTRAINT "fleet_turns_run_id_tenant_pk" PRIMARY KEY("run_id","tenant"),
	CONSTRAINT "fleet_turns_state_check" CHECK (state in ('waiting', 'running', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "deletion_certificates" (
	"tenant" text PRIMARY KEY NOT NULL,
	"subject" text,
	"version" integer NOT NULL,
	"removed" jsonb NOT NULL,
	"purged_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"key_hash" text PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "fleet_turns" ADD CONSTRAINT "fleet_turns_run_id_fleet_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."fleet_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_tenant_tenants_name_fk" FOREIGN KEY ("tenant") REFERENCES "public"."tenants"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tenants_standby_index" ON "tenants" USING btree ("created_at") WHERE state = 'standby';--> statement-breakpoint
CREATE INDEX "fleet_runs_started_index" ON "fleet_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "fleet_turns_waiting_index" ON "fleet_turns" USING btree ("run_id","canary") WHERE state = 'waiting';