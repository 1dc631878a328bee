using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Rows that are written in one piece. A writer numbers its flushes from 1 upwards and never uses a number twice, also where it sends rows again;
/// so the newest value of a key is always in the flush with the highest number.
/// </summary>
/// <param name="Fence">Where Redis remembers the last flush of this writer.</param>
/// <param name="Attempt">The task's attempt.</param>
/// <param name="Number">The flush's number.</param>
/// <param name="IsChained">
/// True: executed only right after flush <paramref name="Number"/> - 1 of the same attempt, so that a lost flush stops those behind it. False, for
/// the first flush and for rows that are sent again: executed after any flush of a lower number, or of a lower attempt.
/// </param>
/// <param name="Ttl">How long the values live, in whole seconds.</param>
/// <param name="Channel">Where the messages are published; empty: nowhere.</param>
/// <param name="Rows">Written in this order. May be empty, to raise the fence only.</param>
public sealed record RedisFlush(
    RedisFence Fence, Attempt Attempt, long Number, bool IsChained, TimeSpan Ttl, byte[] Channel, IReadOnlyList<RedisRow> Rows);

/// <summary>One value to store, or one key to delete. The arrays are never changed once they are here.</summary>
/// <param name="Key">UTF-8 or any other bytes.</param>
/// <param name="Value">What is stored; null: the key is deleted.</param>
/// <param name="Message">What is published; null for nothing.</param>
public readonly record struct RedisRow(byte[] Key, byte[]? Value, byte[]? Message);

/// <summary>
/// Where Redis remembers which flush of a writer it executed last: one hash a job, with one field a writer. See docs/design/redis-sink.md.
/// </summary>
/// <param name="Key">The job's hash.</param>
/// <param name="Field">The writer's field in it.</param>
public readonly record struct RedisFence(string Key, string Field)
{
    /// <summary>How long a job's fences outlive its last flush: far longer than bytes can be on their way.</summary>
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
    /// <param name="Attempt">The attempt of the last flush executed; -1 where the fence knows none.</param>
    /// <param name="Number">Its number; -1 where the fence knows none.</param>
    public sealed record Refused(int Attempt, long Number) : RedisReply;

    /// <summary>Redis answered with an error; some of the rows may have been written.</summary>
    /// <param name="Code">The first word of the error, which names its kind: <c>OOM</c>.</param>
    /// <param name="Message">The whole error, code included.</param>
    public sealed record Failed(string Code, string Message) : RedisReply
    {
        /// <summary>Splits the code off an error reply.</summary>
        public static Failed From(string message)
        {
            int space = message.IndexOf(' ', StringComparison.Ordinal);
            return new Failed(space < 0 ? message : message[..space], message);
        }
    }

    /// <summary>There is no connection, or no answer came.</summary>
    /// <param name="Reason">What the network or the client says.</param>
    public sealed record Unavailable(string Reason) : RedisReply;
}
