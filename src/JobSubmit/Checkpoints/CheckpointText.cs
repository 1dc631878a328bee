using System.Globalization;
using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Time;
using Spectre.Console;

namespace QueryStream.JobSubmit.Checkpoints;

/// <summary>A checkpoint as text.</summary>
internal static class CheckpointText
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    /// <summary>Writes all that is shown.</summary>
    public static void Write(TextWriter output, int? width, CheckpointView view)
    {
        CheckpointManifest manifest = view.Manifest;
        StoredSize size = StoredSize.Of(manifest.State.Chunks);
        output.WriteLine($"{Title(manifest)}");
        output.WriteLine($"  path         {view.Path}");
        output.WriteLine($"  job          {manifest.Job}");
        output.WriteLine($"  triggered    {EventTime.From(manifest.TriggeredAt)}, took {Durations.Format(manifest.Duration)}");
        output.WriteLine($"  epoch        {manifest.Epoch}");
        output.WriteLine($"  fingerprint  {manifest.Fingerprint}");
        output.WriteLine($"  key groups   {manifest.State.KeyGroups}");
        output.WriteLine(
            $"  state        {Bytes(size.StoredBytes)} stored, {Bytes(size.Bytes)} decoded: "
            + $"{Number(size.Chunks)} chunks in {Number(size.Segments)} segments");
        Write(output, width, "Vertices", Vertices(manifest));
        Write(output, width, "State", States(manifest.State));
        if (view.Splits.Count > 0)
        {
            Write(output, width, "Sources: the last record of each split that is in the state", Splits(view.Splits));
        }

        if (manifest.State.Ledger.Count > 0)
        {
            Write(output, width, "Ledger: what became of the rows since the job first started", Ledger(manifest.State.Ledger));
        }
    }

    /// <summary>Writes one line for the verified checkpoint, and one for each damaged chunk.</summary>
    public static void Write(TextWriter output, string path, CheckpointManifest manifest, CheckpointVerification verification)
    {
        output.WriteLine($"{Title(manifest)}: {(verification.DamagedChunks.Count == 0 ? "sound" : "damaged")}");
        output.WriteLine($"  path   {path}");
        output.WriteLine(
            $"  read   {Number(verification.Chunks)} chunks in {Number(verification.Segments)} segments, {Bytes(verification.StoredBytes)}");
        foreach (DamagedChunk damage in verification.DamagedChunks)
        {
            output.WriteLine($"  damage {Describe(damage)}");
        }
    }

    /// <summary>Describes a damaged chunk in one sentence.</summary>
    public static string Describe(DamagedChunk damage)
    {
        string group = damage.Chunk.KeyGroup < 0 ? "" : $", key group {Number(damage.Chunk.KeyGroup)}";
        return $"{damage.Place}: the chunk at byte {Plain(damage.Chunk.Content.Offset)}, of {Plain(damage.Chunk.Content.StoredLength)} bytes, "
            + $"{damage.Problem} (operator '{damage.Operator}', state '{damage.State}'{group})";
    }

    private static string Title(CheckpointManifest manifest) => $"{manifest.Kind} {manifest.Id} of job '{manifest.JobName}'";

    private static Table Vertices(CheckpointManifest manifest)
    {
        Table table = TextTable.New("vertex", "name", "!subtasks", "!ended", "watermark");
        foreach (ManifestVertex vertex in manifest.Vertices)
        {
            IReadOnlyList<TaskProgress> tasks = manifest.State.ProgressOf(vertex.Id);
            TextTable.Add(
                table,
                vertex.Id.ToString(),
                vertex.Name,
                Number(tasks.Count),
                Number(tasks.Count(task => task.HasEnded)),
                manifest.State.WatermarkOf(vertex.Id).ToString());
        }

        return table;
    }

    private static Table States(JobSnapshot snapshot)
    {
        Table table = TextTable.New("operator", "state", "kind", "!items", "!key groups", "!chunks", "!stored", "schema");
        foreach (OperatorSnapshot part in snapshot.Operators)
        {
            foreach (StateSnapshot state in part.States)
            {
                StoredSize size = StoredSize.Of(state.Chunks);
                TextTable.Add(
                    table,
                    part.Name,
                    state.Name,
                    state.Kind.ToString(),
                    Number(size.Items),
                    state.Kind == StateKind.Keyed ? Number(state.Chunks.Select(chunk => chunk.KeyGroup).Distinct().Count()) : "",
                    Number(size.Chunks),
                    Bytes(size.StoredBytes),
                    state.Schema.ToString());
            }
        }

        return table;
    }

    private static Table Splits(IReadOnlyList<SourceSplit> splits)
    {
        Table table = TextTable.New("operator", "topic or split", "!partition", "!offset", "watermark");
        foreach (SourceSplit split in splits)
        {
            string offset = split.LastOffset switch { null => "end", -1 => "none", { } last => Plain(last) };
            string partition = split.Partition is { } number ? Plain(number) : "";
            TextTable.Add(table, split.Operator, split.Topic ?? split.Split, partition, offset, split.Watermark.ToString());
        }

        return table;
    }

    private static Table Ledger(IReadOnlyList<OperatorLedger> ledger)
    {
        Table table = TextTable.New("operator", "!rows in", "!rows out", "!filtered", "!late", "!dead letters", "!absorbed", "!missing");
        foreach (OperatorLedger part in ledger)
        {
            TextTable.Add(
                table,
                part.Name,
                Number(part.RowsIn),
                Number(part.RowsOut),
                Number(part.Filtered),
                Number(part.Late),
                Number(part.DeadLettered),
                Number(part.Absorbed),
                Number(part.Missing));
        }

        return table;
    }

    private static void Write(TextWriter output, int? width, string title, Table table)
    {
        output.WriteLine();
        TextTable.Write(output, width, title, table);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(long bytes)
    {
        if (bytes < 1024)
        {
            return $"{Number(bytes)} B";
        }

        double size = bytes / 1024.0;
        int unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:N1} {Units[unit]}");
    }
}
