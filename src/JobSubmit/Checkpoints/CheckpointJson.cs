using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Checkpoints;

/// <summary>A checkpoint as one JSON object.</summary>
internal static class CheckpointJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>All that is shown.</summary>
    public static string Of(CheckpointView view) => Write(json =>
    {
        CheckpointManifest manifest = view.Manifest;
        WriteHead(json, view.Path, manifest);
        json.WriteString("triggered_at", EventTime.From(manifest.TriggeredAt).ToString());
        json.WriteNumber("duration_ms", (long)manifest.Duration.TotalMilliseconds);
        json.WriteNumber("epoch", manifest.Epoch.Number);
        json.WriteString("fingerprint", manifest.Fingerprint);
        json.WriteNumber("key_groups", manifest.State.KeyGroups);
        WriteSize(json, StoredSize.Of(manifest.State.Chunks));
        json.WriteObjects("vertices", manifest.Vertices, (json, vertex) => WriteVertex(json, manifest.State, vertex));
        json.WriteObjects("operators", manifest.State.Operators, WriteOperator);
        json.WriteObjects("splits", view.Splits, WriteSplit);
        json.WriteObjects("ledger", manifest.State.Ledger, WriteLedger);
        json.WriteStartArray("problems");
        view.Problems.ToList().ForEach(problem => json.WriteStringValue(problem.Message));
        json.WriteEndArray();
    });

    /// <summary>The result of a verification.</summary>
    public static string Of(string path, CheckpointManifest manifest, CheckpointVerification verification) => Write(json =>
    {
        WriteHead(json, path, manifest);
        json.WriteBoolean("is_sound", verification.DamagedChunks.Count == 0);
        json.WriteNumber("chunks", verification.Chunks);
        json.WriteNumber("segments", verification.Segments);
        json.WriteNumber("stored_bytes", verification.StoredBytes);
        json.WriteObjects("damages", verification.DamagedChunks, WriteDamage);
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteHead(Utf8JsonWriter json, string path, CheckpointManifest manifest)
    {
        json.WriteString("path", path);
        json.WriteString("job_name", manifest.JobName);
        json.WriteString("job", manifest.Job.ToString());
        json.WriteString("kind", manifest.Kind.ToString().ToLowerInvariant());
        json.WriteNumber("id", manifest.Id.Number);
    }

    private static void WriteSize(Utf8JsonWriter json, StoredSize size)
    {
        json.WriteNumber("chunks", size.Chunks);
        json.WriteNumber("segments", size.Segments);
        json.WriteNumber("stored_bytes", size.StoredBytes);
        json.WriteNumber("bytes", size.Bytes);
    }

    private static void WriteVertex(Utf8JsonWriter json, JobSnapshot snapshot, ManifestVertex vertex)
    {
        json.WriteString("id", vertex.Id.ToString());
        json.WriteString("name", vertex.Name);
        json.WriteString("watermark", snapshot.WatermarkOf(vertex.Id).ToString());
        json.WriteObjects("subtasks", snapshot.ProgressOf(vertex.Id), static (json, task) =>
        {
            json.WriteNumber("subtask", task.Subtask);
            json.WriteString("watermark", task.Watermark.ToString());
            json.WriteBoolean("has_ended", task.HasEnded);
        });
    }

    private static void WriteOperator(Utf8JsonWriter json, OperatorSnapshot part)
    {
        json.WriteString("id", part.Operator.ToString());
        json.WriteString("name", part.Name);
        json.WriteObjects("states", part.States, static (json, state) =>
        {
            StoredSize size = StoredSize.Of(state.Chunks);
            json.WriteString("name", state.Name);
            json.WriteString("kind", state.Kind.ToString().ToLowerInvariant());
            json.WriteString("schema", state.Schema.ToString());
            json.WriteNumber("items", size.Items);
            WriteSize(json, size);
            IEnumerable<IGrouping<int, StateChunk>> groups = state.Kind == StateKind.Keyed ? state.Chunks.GroupBy(chunk => chunk.KeyGroup) : [];
            json.WriteObjects("key_groups", groups.OrderBy(group => group.Key), static (json, group) =>
            {
                StoredSize size = StoredSize.Of(group);
                json.WriteNumber("key_group", group.Key);
                json.WriteNumber("items", size.Items);
                json.WriteNumber("stored_bytes", size.StoredBytes);
            });
        });
    }

    private static void WriteSplit(Utf8JsonWriter json, SourceSplit split)
    {
        json.WriteString("operator", split.Operator);
        json.WriteString("split", split.Split);
        if (split.Partition is { } partition)
        {
            json.WriteString("topic", split.Topic);
            json.WriteNumber("partition", partition);
            json.WriteString("topic_id", split.TopicId);
        }

        if (split.LastOffset is { } last)
        {
            json.WriteNumber("last_offset", last);
        }

        json.WriteBoolean("is_finished", split.LastOffset is null);
        json.WriteString("watermark", split.Watermark.ToString());
    }

    private static void WriteLedger(Utf8JsonWriter json, OperatorLedger part)
    {
        json.WriteString("operator", part.Operator.ToString());
        json.WriteString("vertex", part.Vertex.ToString());
        json.WriteString("name", part.Name);
        json.WriteBoolean("passes_rows", part.PassesRows);
        json.WriteNumber("rows_in", part.RowsIn);
        json.WriteNumber("rows_out", part.RowsOut);
        json.WriteNumber("filtered", part.Filtered);
        json.WriteNumber("late", part.Late);
        json.WriteNumber("dead_lettered", part.DeadLettered);
        json.WriteNumber("absorbed", part.Absorbed);
        json.WriteNumber("missing", part.Missing);
    }

    private static void WriteDamage(Utf8JsonWriter json, DamagedChunk damage)
    {
        json.WriteString("place", damage.Place);
        json.WriteNumber("offset", damage.Chunk.Content.Offset);
        json.WriteNumber("length", damage.Chunk.Content.StoredLength);
        json.WriteString("operator", damage.Operator);
        json.WriteString("state", damage.State);
        if (damage.Chunk.KeyGroup >= 0)
        {
            json.WriteNumber("key_group", damage.Chunk.KeyGroup);
        }

        json.WriteString("problem", damage.Problem);
    }
}
