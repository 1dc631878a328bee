namespace QueryStream.Connectors.Redis;

/// <summary>What became of a flush.</summary>
public abstract record RedisReply
{
    private RedisReply()
    {
    }

    /// <summary>All rows are stored and published.</summary>
    public sealed record Written : RedisReply
    {
        /// <summary>The only one.</summary>
        public static readonly Written Instance = new();

        private Written()
        {
        }
    }

    /// <summary>The fence refused the flush, and nothing of it was written.</summary>
    /// <param name="Attempt">The attempt of the last flush executed; -1 where the fence knows none.</param>
    /// <param name="Number">Its number; -1 where the fence knows none.</param>
    public sealed record Refused(int Attempt, long Number) : RedisReply;

    /// <summary>Redis answered with an error; part of the rows may have been written.</summary>
    /// <param name="Code">The error's first word, by which it is told apart: <c>OOM</c>.</param>
    /// <param name="Message">The whole error, code included.</param>
    public sealed record Failed(string Code, string Message) : RedisReply
    {
        /// <summary>Takes an error reply apart.</summary>
        public static Failed From(string message)
        {
            int space = message.IndexOf(' ', StringComparison.Ordinal);
            return new Failed(space < 0 ? message : message[..space], message);
        }
    }

    /// <summary>There is no connection, or no answer came.</summary>
    /// <param name="Said">What the network or the client said.</param>
    public sealed record Unavailable(string Said) : RedisReply;
}
