using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>Bytes cannot be decoded: they are damaged, cut off, or of another layout.</summary>
public sealed class CodecException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.DamagedBytes;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}

/// <summary>Stored values cannot be read as the type that a job has now.</summary>
public sealed class SchemaMismatchException : QueryStreamException
{
    private readonly string _path;
    private readonly string _problem;

    /// <summary>Creates the error.</summary>
    /// <param name="type">The type that the job has now.</param>
    /// <param name="written">The stored layout.</param>
    /// <param name="wanted">The layout that the type has now.</param>
    public SchemaMismatchException(Type type, Schema written, Schema wanted)
        : this(type.Name, "", $"was stored as {written}, and is {wanted} now")
    {
    }

    /// <summary>Creates the error.</summary>
    /// <param name="message">The record and member that differ, the stored layout, and the layout now.</param>
    public SchemaMismatchException(string message)
        : this("", "", message)
    {
    }

    private SchemaMismatchException(string root, string path, string problem)
        : base($"{root}{path} {problem}".TrimStart()) => (_path, _problem) = (path, problem);

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.SchemaMismatch;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;

    /// <summary>The same error, for a part of <paramref name="whole"/>.</summary>
    public SchemaMismatchException Within(string whole) => new($"{whole}: {Message}");

    /// <summary>The same error with a member added to the front of its path (<c>Order.Lines.Price</c>).</summary>
    /// <param name="record">The record's name.</param>
    /// <param name="member">The member's name.</param>
    public SchemaMismatchException InMember(string record, string member) => new(record, $".{member}{_path}", _problem);
}
