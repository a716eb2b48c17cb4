CREATE TABLE "members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"left_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "spinners" (
	"id" uuid PRIMARY KEY NOT NULL,
	"serial_number" text NOT NULL,
	"name" text NOT NULL,
	"model" text,
	"colour" text,
	"status" text DEFAULT 'active' NOT NULL,
	"member_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "spinners_serial_number_key" UNIQUE("serial_number"),
	CONSTRAINT "spinners_status_check" CHECK ("status" in ('active', 'retired'))
);
--> statement-breakpoint
CREATE TABLE "spins" (
	"id" uuid PRIMARY KEY NOT NULL,
	"spinner_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"note" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "spins_duration_check" CHECK ("spins"."duration_ms" > 0)
);
--> statement-breakpoint
ALTER TABLE "spinners" ADD CONSTRAINT "spinners_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spins" ADD CONSTRAINT "spins_spinner_id_spinners_id_fk" FOREIGN KEY ("spinner_id") REFERENCES "spinners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spins" ADD CONSTRAINT "spins_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "spinners_member_index" ON "spinners" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "spins_started_index" ON "spins" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "spins_spinner_index" ON "spins" USING btree ("spinner_id","started_at","id");--> statement-breakpoint
CREATE INDEX "spins_member_index" ON "spins" USING btree ("member_id","started_at","id");