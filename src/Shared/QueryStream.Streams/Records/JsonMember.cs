namespace QueryStream.Streams.Records;

/// <summary>A member of a record, as its JSON format has it.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="DeclaredName">Its name in C#, which is read too.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether it must be there.</param>
public sealed record JsonMember(string Name, string DeclaredName, Type Type, bool IsRequired);
