using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Rows that are written atomically. A writer numbers its flushes from 1 and never reuses a number, even when it resends rows, so the newest value
/// of a key is always in the flush with the highest number.
/// </summary>
/// <param name="Fence">Where Redis stores the last flush of this writer.</param>
/// <param name="Attempt">The task's attempt.</param>
/// <param name="Number">The flush's number.</param>
/// <param name="IsChained">
/// True: executed only directly after flush <paramref name="Number"/> - 1 of the same attempt, so that a lost flush stops its successors. False,
/// for the first flush and for resent rows: executed after any flush of a lower number or a lower attempt.
/// </param>
/// <param name="Ttl">How long the values live, in whole seconds.</param>
/// <param name="Channel">The channel for messages; empty: none.</param>
/// <param name="Rows">Written in this order. May be empty, to only raise the fence.</param>
public sealed record RedisFlush(
    RedisFence Fence, Attempt Attempt, long Number, bool IsChained, TimeSpan Ttl, byte[] Channel, IReadOnlyList<RedisRow> Rows);

/// <summary>A value to store, or a key to delete. The arrays must not change afterwards.</summary>
/// <param name="Key">The key, any bytes.</param>
/// <param name="Value">The value; null: the key is deleted.</param>
/// <param name="Message">The message to publish; null: none.</param>
public readonly record struct RedisRow(byte[] Key, byte[]? Value, byte[]? Message);

/// <summary>
/// Where Redis stores which flush of a writer it executed last: one hash per job, with one field per writer. See docs/design/redis-sink.md.
/// </summary>
/// <param name="Key">The key of the job's hash.</param>
/// <param name="Field">The writer's field in the hash.</param>
public readonly record struct RedisFence(string Key, string Field)
{
    /// <summary>How long fences outlive the job's last flush: far longer than a packet can be in flight.</summary>
    public static readonly TimeSpan Ttl = TimeSpan.FromDays(7);

    /// <summary>The fence of one subtask of a sink.</summary>
    public static RedisFence Of(TaskId task, string sink) =>
        new($"querystream:fence:{task.Job}", string.Create(CultureInfo.InvariantCulture, $"{sink}/{task.Subtask}"));
}

/// <summary>The outcome of a flush.</summary>
public abstract record RedisReply
{
    private RedisReply()
    {
    }

    /// <summary>All rows are stored and published.</summary>
    public sealed record Written : RedisReply
    {
        /// <summary>The only instance.</summary>
        public static readonly Written Instance = new();

        private Written()
        {
        }
    }

    /// <summary>The fence refused the flush, and nothing of it was written.</summary>
    /// <param name="Attempt">The attempt of the last executed flush; -1 if there is none.</param>
    /// <param name="Number">Its number; -1 if there is none.</param>
    public sealed record Refused(int Attempt, long Number) : RedisReply;

    /// <summary>Redis answered with an error; some of the rows may have been written.</summary>
    /// <param name="Code">The error code, which is the first word of the error: <c>OOM</c>.</param>
    /// <param name="Message">The error, including its code.</param>
    public sealed record Failed(string Code, string Message) : RedisReply
    {
        /// <summary>Splits the code off an error reply.</summary>
        public static Failed From(string message)
        {
            int space = message.IndexOf(' ', StringComparison.Ordinal);
            return new Failed(space < 0 ? message : message[..space], message);
        }
    }

    /// <summary>There is no connection, or no reply arrived.</summary>
    /// <param name="Reason">The reason, from the network or the client.</param>
    public sealed record Unavailable(string Reason) : RedisReply;
}
