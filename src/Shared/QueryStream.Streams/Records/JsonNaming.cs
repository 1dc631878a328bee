namespace QueryStream.Streams.Records;

/// <summary>How member names become JSON names. Written is this one; read are this one and the name as it is declared.</summary>
public enum JsonNaming
{
    /// <summary><c>UserId</c> becomes <c>userId</c>.</summary>
    CamelCase,

    /// <summary><c>UserId</c> becomes <c>user_id</c>.</summary>
    SnakeCase,

    /// <summary><c>UserId</c> stays.</summary>
    AsDeclared,
}
