CREATE TABLE "account_idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"value" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"caller" text NOT NULL,
	"window_start" timestamp (3) with time zone NOT NULL,
	"used" integer NOT NULL,
	CONSTRAINT "rate_limits_caller_window_start_pk" PRIMARY KEY("caller","window_start"),
	CONSTRAINT "rate_limits_used_check" CHECK ("rate_limits"."used" >= 0)
);
--> statement-breakpoint
ALTER TABLE "account_idempotency_keys" ADD CONSTRAINT "account_idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_idempotency_keys_created_index" ON "account_idempotency_keys" USING btree ("created_at");