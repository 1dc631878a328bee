namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>Refers to a session that may be gone when it is looked for.</summary>
/// <param name="Session">Its number.</param>
/// <param name="Version">The version of that number.</param>
internal readonly record struct SessionReference(int Session, int Version);
