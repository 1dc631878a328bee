namespace QueryStream.Rules.Actors;

internal static class Banned
{
    public static object[] Time() =>
    [
        DateTime.Now, // RS0030
        DateTime.UtcNow, // RS0030
        DateTimeOffset.UtcNow, // RS0030
        TimeProvider.System, // RS0030
        System.Diagnostics.Stopwatch.GetTimestamp(), // RS0030
        Environment.TickCount64, // RS0030
        Task.Delay(1), // RS0030
        Task.Delay(TimeSpan.Zero), // RS0030
    ];

    public static object[] Chance(string text) =>
    [
        Guid.NewGuid(), // RS0030
        Random.Shared, // RS0030
        new Random(), // RS0030
        System.Security.Cryptography.RandomNumberGenerator.GetInt32(2), // RS0030
        text.GetHashCode(), // RS0030, CA1307
        HashCode.Combine(1, 2), // RS0030
    ];

    public static object[] Threads() =>
    [
        Task.Run(() => { }), // RS0030
        Task.Run(() => Task.FromResult(1)), // RS0030
        ThreadPool.QueueUserWorkItem(_ => { }), // RS0030
    ];

    public static void Sleep() => Thread.Sleep(1); // RS0030
}
