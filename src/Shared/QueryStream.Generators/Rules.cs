using Microsoft.CodeAnalysis;

namespace QueryStream.Generators;

/// <summary>What is reported. An id never changes its meaning and is never used again.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor UnsupportedMember = Record(
        "QS1001", "A member of a record is of a type that cannot be handled", "'{0}' of the record '{1}' is of type '{2}', which cannot be stored or sent: {3}");

    public static readonly DiagnosticDescriptor Inaccessible = Record(
        "QS1002", "A record cannot be seen by generated code", "The record '{0}' cannot be seen by generated code, because '{1}' is {2}: make it internal or public");

    public static readonly DiagnosticDescriptor NoRecord = Record("QS1003", "A type cannot be a record", "'{0}' cannot be a [StreamRecord]: {1}");

    public static readonly DiagnosticDescriptor NoConstructor = Record(
        "QS1004",
        "A record has no constructor that can be used",
        "The record '{0}' has no constructor that can be used: it needs an internal or public one without parameters, or one whose parameters have the names and types of members");

    public static readonly DiagnosticDescriptor Recursive = Record(
        "QS1005", "A record holds itself", "'{0}' of the record '{1}' leads back to '{1}' itself, so that its layout would have no end: refer to the other record by a key");

    public static readonly DiagnosticDescriptor SameJsonName = Record(
        "QS1006", "Two members of a record have one JSON name", "'{0}' and '{1}' of the record '{2}' both have the JSON name \"{3}\": give one of them another by [JsonName]");

    public static readonly DiagnosticDescriptor Unsettable = Record(
        "QS1007",
        "A member of a record cannot be set",
        "'{0}' of the record '{1}' cannot be set, so that its value would be lost: give it a setter ('init' will do) that is internal or public, or a constructor parameter of its name");

    public static readonly DiagnosticDescriptor UnnamedOperator = new(
        "QS2001",
        "A stateful operator has no name",
        "'{0}' keeps state, but has no name: after a change of the job its state may not be found again. Give it one by {1}.",
        "QueryStream.State",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor AsyncFunction = Streams(
        "QS2002",
        "An asynchronous function where a synchronous one is meant",
        "'{0}' takes a function that is over when it returns: what an asynchronous one does after its first 'await' is lost. Use MapAsync to wait for something outside.",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor EmitsLater = Streams(
        "QS2003",
        "A context is used after its call",
        "'{0}' is valid during the call that it is given to, and in its thread: rows that are emitted later are lost. Use MapAsync to wait for something outside.",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor FieldAsState = Streams(
        "QS2004",
        "A field of a function is used as state",
        "'{0}' of the function '{1}' changes from row to row: it is one value for all keys of a subtask, is in no snapshot, and is lost at a restart. Declare state in Open.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor CapturedState = Streams(
        "QS2005",
        "A captured variable is used as state",
        "The function changes '{0}', which it does not own: all subtasks of a worker share it, it is in no snapshot, and is lost at a restart. Use a Process function with state, or Aggregate.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor SharedFunction = Streams(
        "QS2006",
        "Subtasks share one function",
        "'{0}' is one function for all subtasks of a worker, which run on several threads: make a new one in the lambda, '() => new …'.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor[] All = [UnsupportedMember, Inaccessible, NoRecord, NoConstructor, Recursive, SameJsonName, Unsettable];

    private static DiagnosticDescriptor Streams(string id, string title, string message, DiagnosticSeverity severity) =>
        new(id, title, message, "QueryStream.Streams", severity, isEnabledByDefault: true);

    private static DiagnosticDescriptor Record(string id, string title, string message) =>
        new(id, title, message, "QueryStream.Records", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
