using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Where Redis remembers which flush of a writer it executed last: the field of a hash, of which there is one a job.
/// See docs/design/redis-sink.md.
/// </summary>
/// <param name="Key">The job's hash.</param>
/// <param name="Field">The writer's field in it.</param>
public readonly record struct RedisFence(string Key, string Field)
{
    /// <summary>How long a job's fences outlive its last flush: far longer than bytes can be under way.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromDays(7);

    /// <summary>The fence of one subtask of a sink.</summary>
    public static RedisFence Of(TaskId task, string sink) =>
        new($"querystream:fence:{task.Job}", string.Create(CultureInfo.InvariantCulture, $"{sink}/{task.Subtask}"));
}
