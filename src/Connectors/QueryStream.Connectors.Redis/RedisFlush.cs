using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Rows that are written atomically. A writer numbers its flushes from 1 and never reuses a number, even when it resends rows, so the newest value
/// of a key is always in the flush with the highest number.
/// </summary>
/// <param name="Fence">Where Redis stores the last flush of this writer.</param>
/// <param name="Region">The attempt in which the writers of the sink were started together. A lower one than the stored one is refused.</param>
/// <param name="Attempt">The task's attempt, higher than <paramref name="Region"/> if it has moved since.</param>
/// <param name="Number">The flush's number.</param>
/// <param name="IsChained">
/// True: executed only directly after flush <paramref name="Number"/> - 1 of the same attempt, so that a lost flush stops its successors. False,
/// for the first flush and for resent rows: executed after any flush of a lower number or a lower attempt.
/// </param>
/// <param name="Ttl">How long the values live, in whole seconds.</param>
/// <param name="Channel">The channel for messages; empty: none.</param>
/// <param name="Rows">Written in this order. May be empty, to only raise the fence.</param>
public sealed record RedisFlush(
    RedisFence Fence,
    Attempt Region,
    Attempt Attempt,
    long Number,
    bool IsChained,
    TimeSpan Ttl,
    byte[] Channel,
    IReadOnlyList<RedisRow> Rows);

/// <summary>A value to store, or a key to delete. The arrays must not change afterwards.</summary>
/// <param name="Key">The key, any bytes.</param>
/// <param name="Value">The value; null: the key is deleted.</param>
/// <param name="Message">The message to publish; null: none.</param>
public readonly record struct RedisRow(byte[] Key, byte[]? Value, byte[]? Message);

/// <summary>
/// Where Redis stores which flush of a writer it executed last: one hash per job, with one field per writer and one per sink. See
/// docs/design/redis-sink.md.
/// </summary>
/// <param name="Key">The key of the job's hash.</param>
/// <param name="Field">The writer's field in the hash.</param>
/// <param name="RegionField">The field of all writers of the sink.</param>
public readonly record struct RedisFence(string Key, string Field, string RegionField)
{
    /// <summary>How long fences outlive the job's last flush: far longer than a packet can be in flight.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromDays(7);

    /// <summary>The fence of one subtask of a sink.</summary>
    public static RedisFence Of(TaskId task, string sink) =>
        new($"querystream:fence:{task.Job}", string.Create(CultureInfo.InvariantCulture, $"{sink}/{task.Subtask}"), $"{sink}/*");
}
