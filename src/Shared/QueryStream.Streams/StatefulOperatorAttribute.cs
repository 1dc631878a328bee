namespace QueryStream.Streams;

/// <summary>
/// Marks a method that adds an operator with state. State is found again by the operator's name, so the analyzer warns (QS2001) about a call
/// that gives it none: neither as an argument for a parameter called <c>name</c>, nor by <c>.Named("…")</c> before the call, on what it is
/// called on, nor right after it, on what it returns.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StatefulOperatorAttribute : Attribute
{
}
