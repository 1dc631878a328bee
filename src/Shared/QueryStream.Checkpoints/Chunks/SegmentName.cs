using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Chunks;

/// <summary>
/// Names a segment: a run of bytes that one task wrote for one checkpoint, and that holds many chunks. A name is used once, since epochs rise with
/// each coordinator, checkpoint ids with each checkpoint of an epoch, and attempts with each restart.
/// </summary>
/// <param name="Epoch">The coordinator that triggered the checkpoint.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Attempt">The attempt of the job that wrote it.</param>
/// <param name="Task">The task that wrote it.</param>
/// <param name="Number">From 0.</param>
public readonly record struct SegmentName(Epoch Epoch, CheckpointId Checkpoint, Attempt Attempt, TaskId Task, int Number)
{
    /// <summary>As a file's name or a part of a Redis key: <c>3-17-0-9f…-2-0</c>. The job is not in it, since its folder or key is.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Checkpoint}-{Attempt}-{Task.Vertex}-{Task.Subtask}-{Number}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The name.</param>
    /// <param name="job">The job in whose folder or under whose key it was found.</param>
    /// <param name="name">The segment.</param>
    public static bool TryParse(ReadOnlySpan<char> text, JobId job, out SegmentName name)
    {
        name = default;
        Span<Range> parts = stackalloc Range[7];
        if (text.Split(parts, '-') != 6
            || !long.TryParse(text[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            || !long.TryParse(text[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out long checkpoint)
            || !int.TryParse(text[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out int attempt)
            || !UInt128.TryParse(text[parts[3]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 vertex)
            || !int.TryParse(text[parts[4]], NumberStyles.None, CultureInfo.InvariantCulture, out int subtask)
            || !int.TryParse(text[parts[5]], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        name = new SegmentName(
            new Epoch(epoch), new CheckpointId(checkpoint), new Attempt(attempt), new TaskId(job, new VertexId(vertex), subtask), number);
        return true;
    }
}
