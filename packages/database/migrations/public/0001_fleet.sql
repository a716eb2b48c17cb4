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
CREATE TABLE "templates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"company_id" uuid NOT NULL,
	"name" text NOT NULL,
	"contents" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "templates_tenant_key" UNIQUE("tenant"),
	CONSTRAINT "templates_contents_check" CHECK ("contents" in ('spinners', 'everything'))
);
--> statement-breakpoint
ALTER TABLE "tenants" DROP CONSTRAINT "tenants_state_check";--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "colour" text;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "greeting" text;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "logo_updated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "demo_user_id" uuid;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "demo_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "companies" ADD COLUMN "delete_after" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "fleet_turns" ADD CONSTRAINT "fleet_turns_run_id_fleet_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."fleet_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "templates" ADD CONSTRAINT "templates_tenant_tenants_name_fk" FOREIGN KEY ("tenant") REFERENCES "public"."tenants"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "templates" ADD CONSTRAINT "templates_company_id_companies_id_fk" FOREIGN KEY ("company_id") REFERENCES "public"."companies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "fleet_runs_started_index" ON "fleet_runs" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "fleet_turns_waiting_index" ON "fleet_turns" USING btree ("run_id","canary") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "templates_company_index" ON "templates" USING btree ("company_id");--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_demo_user_id_users_id_fk" FOREIGN KEY ("demo_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_demo_user_key" UNIQUE("demo_user_id");--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_state_check" CHECK (state in ('provisioning', 'standby', 'ready', 'template', 'suspended', 'archived', 'purging', 'failed'));--> statement-breakpoint
ALTER TABLE "companies" ADD CONSTRAINT "companies_demo_check" CHECK (("companies"."demo_user_id" is null) = ("companies"."demo_expires_at" is null));