using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis;

/// <summary>
/// Rows that are written in one piece. A writer numbers its flushes from 1 upwards and never uses a number twice, also
/// where it sends rows again; so the newest value of a key is always in the flush with the highest number.
/// </summary>
/// <param name="Fence">Where Redis remembers the last flush of this writer.</param>
/// <param name="Attempt">The task's attempt.</param>
/// <param name="Number">Of the flush.</param>
/// <param name="IsChained">
/// True: to be executed only right after flush <paramref name="Number"/> - 1 of the same attempt, so that a lost flush takes those
/// behind it along. False, for the first flush and for rows sent again: after any flush of a lower number, or of a lower attempt.
/// </param>
/// <param name="Ttl">How long the values live, in whole seconds.</param>
/// <param name="Channel">Where the messages are published; empty: nowhere.</param>
/// <param name="Rows">Written in this order; may be empty, to raise the fence only.</param>
public sealed record RedisFlush(
    RedisFence Fence, Attempt Attempt, long Number, bool IsChained, TimeSpan Ttl, byte[] Channel, IReadOnlyList<RedisRow> Rows);
