namespace QueryStream.Connectors.Redis;

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
    /// <param name="Attempt">The attempt of the last executed flush, or the one in which the sink's writers were started anew; -1: none.</param>
    /// <param name="Number">The number of that flush; -1: none.</param>
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
