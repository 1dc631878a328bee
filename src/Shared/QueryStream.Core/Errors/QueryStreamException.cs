namespace QueryStream.Core.Errors;

/// <summary>The base of every error that QueryStream raises itself. Callers decide by type, code or domain, never by the text.</summary>
public abstract class QueryStreamException : Exception
{
    /// <summary>Creates an error.</summary>
    protected QueryStreamException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>A stable name for the kind of error, for logs and REST.</summary>
    public abstract ErrorCode Code { get; }

    /// <summary>Whose fault it is.</summary>
    public abstract ErrorDomain Domain { get; }
}
