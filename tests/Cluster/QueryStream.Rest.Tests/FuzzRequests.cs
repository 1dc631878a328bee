using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace QueryStream.Rest.Tests;

/// <summary>Requests that are wrong in some way, or happen to be right. The same seed and number give the same request.</summary>
/// <param name="seed">The seed.</param>
/// <param name="routes">The mapped routes: methods and patterns.</param>
/// <param name="known">Ids that there are, by the names that the patterns have for them.</param>
/// <param name="jobs">An assembly with jobs.</param>
internal sealed class FuzzRequests(
    int seed,
    IReadOnlyList<(IReadOnlyList<string> Methods, string Pattern)> routes,
    IReadOnlyDictionary<string, string> known,
    byte[] jobs)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"];

    // As they stand in a path.
    private static readonly string[] Ids =
    [
        "zzz", "1234", "-1", "0", "99999999999999999999", "0000000000000000000000000000000000", new('0', 32), new('f', 32), new('a', 64),
        new('x', 3000), "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "a%2Fb", "a%5Cb", "%C3%A9%20%E1%BB%87", "%F0%9F%92%A5", "%ff%fe", "%0a%0d", "%7f",
        "a;b=c", "a:b", "'%22%3C%3E", "%25", "+", "~", "null", "true", "NaN", "1e9", "%D9%A1%D9%A2",
    ];

    private static readonly string[] Queries =
    [
        "", "?", "?mode=cancel", "?mode=", "?mode=stop", "?mode=cancel&mode=cancel", "?parallelism=0", "?parallelism=-1", "?parallelism=99999999999",
        "?parallelism=x", "?parallelism=2", "?get=", "?get=a,b,,%F0%9F%92%A5", "?get=uptime&agg=min,nothing", "?jobs=zzz", "?lines=-1", "?lines=x",
        "?lines=99999999999999", "?key=", "?key=%ff", "?keyJson={", "?keyJson=[[[[", "?key=1&keyJson=1", "?key=1&timeout=99d", "?maxExceptions=-1",
        "?maxExceptions=x",
        "?entry-class=Nothing", "?entry-class=%00", "?programArg=a", "?program-args=%22", "?allowNonRestoredState=2", "?%ff=%ff", "?=&=&&",
        "?a[]=1&a[0]=2",
    ];

    private static readonly string[] Fields =
    [
        "bundle", "entryClass", "name", "settings", "parallelism", "flinkConfiguration", "savepointPath", "allowNonRestoredState", "ifAbsent",
        "target-directory", "cancel-job", "formatType", "triggerId", "targetDirectory", "drain", "programArgs", "programArgsList", "jobId",
        "savepoint-path", "lowerBound", "upperBound", "", "\u0000", "tên",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "99999999999999999999999", "1.5", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"EndlessJob\"",
        "\"redis://\"", "\"nothing://x\"", "\"latest\"", "[]", "{}", "[null]", "[1]", "{\"a\":null}", "{\"a\":{\"b\":1}}",
        "{\"parallelism.default\":\"x\"}", "{\"\\ud800\":\"a\"}",
    ];

    private static readonly string[] ContentTypes =
    [
        "application/json", "application/json; charset=utf-8", "application/json; charset=nothing", "text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "application/octet-stream",
    ];

    private static readonly string[] FileNames =
        ["a.dll", "../../a.zip", "a.exe", "", "tệp.zip", "=?utf-16?B?ANguAGQAbABsAA==?=", "CON.dll", $"{new string('n', 600)}.zip"];

    private readonly byte[][] _uploads =
    [
        jobs, [], Zips.Of(("a.dll", jobs, null)), Zips.Of(("../../a.dll", jobs, null)), Zips.Of(("/etc/a.dll", jobs, null)),
        Zips.Of(("a\\..\\b", jobs, null)),
        Zips.Of(("bomb", new byte[20_000_000], null)),
        Zips.Of(Enumerable.Range(0, 5000).Select(number => Zips.Entry($"{number}", []))),
        Zips.Of(("link", [1], entry => entry.ExternalAttributes = 0xA1FF << 16)),
        Zips.Of(("a.dll", jobs, null), ("a.deps.json", "{"u8.ToArray(), null)),
        Zips.Of(("a.dll", jobs, null), ("a.deps.json", """{"runtimeTarget":{"name":"x"},"targets":{"x":{"a/1":3}}}"""u8.ToArray(), null)),
    ];

    /// <summary>One request.</summary>
    public HttpRequestMessage Next(int number, Uri address)
    {
        Random random = new(seed + number);
        (IReadOnlyList<string> methods, string pattern) = Pick(random, routes);
        string method = random.Next(4) == 0 ? Pick(random, Methods) : Pick(random, methods);
        string path = string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? IdOf(random, part.Trim('{', '}', '*')) : part));
        string query = random.Next(3) == 0 ? Pick(random, Queries) : "";
        UriCreationOptions asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };
        Uri uri = new($"{address.GetLeftPart(UriPartial.Authority)}{path}{query}", asItIs);
        HttpRequestMessage request = new(new HttpMethod(method), uri);
        if (method is "POST" or "PUT" or "PATCH" or "DELETE" || random.Next(20) == 0)
        {
            request.Content = pattern.EndsWith("/jars/upload", StringComparison.Ordinal) && random.Next(4) > 0 ? UploadOf(random) : BodyOf(random);
            request.Headers.TransferEncodingChunked = random.Next(5) == 0;
        }

        return request;
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];

    private string IdOf(Random random, string name) => random.Next(8) switch
    {
        0 or 1 => Pick(random, Ids),
        2 => Uri.EscapeDataString(Pick(random, [.. known.Values])),
        _ => Uri.EscapeDataString(known.GetValueOrDefault(name, "0")),
    };

    private ByteArrayContent BodyOf(Random random)
    {
        byte[] body = random.Next(12) switch
        {
            0 => [],
            1 => Encoding.UTF8.GetBytes(new string('[', 50_000)),
            2 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"settings\":", 1000))),
            3 => Encoding.UTF8.GetBytes($"{{\"name\":\"{new string('x', 100_000)}\"}}"),
            4 => [0xEF, 0xBB, 0xBF, .. "{}"u8],
            5 => [.. "{\"name\":\""u8, 0xff, 0xfe, .. "\"}"u8],
            6 => Damaged(random, Encoding.UTF8.GetBytes(ObjectOf(random))),
            _ => Encoding.UTF8.GetBytes(ObjectOf(random)),
        };
        ByteArrayContent content = new(body);
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(4) == 0 ? Pick(random, ContentTypes) : "application/json");
        return content;
    }

    private string ObjectOf(Random random)
    {
        IEnumerable<string> fields = Enumerable.Range(0, random.Next(5))
            .Select(_ => $"{JsonSerializer.Serialize(Pick(random, Fields))}:{ValueOf(random)}");
        return $"{{{string.Join(',', fields)}}}";
    }

    private string ValueOf(Random random) => random.Next(4) == 0 ? JsonSerializer.Serialize(Pick(random, [.. known.Values])) : Pick(random, Values);

    private ByteArrayContent UploadOf(Random random)
    {
        byte[] file = Pick(random, _uploads);
        file = random.Next(2) == 0 ? Damaged(random, file) : file;
        string name = random.Next(2) == 0 ? "a.zip" : Pick(random, FileNames);
        string field = random.Next(8) == 0 ? "other" : "jarfile";
        byte[] head = Encoding.UTF8.GetBytes($"--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        byte[] body = random.Next(10) switch
        {
            0 => [.. head, .. file],
            1 => [.. head, .. file, .. "\r\n"u8, .. head, .. file, .. "\r\n--x--\r\n"u8],
            2 => [.. "--x\r\n"u8, .. Encoding.UTF8.GetBytes(new string('h', 20_000)), .. "\r\n\r\n"u8],
            3 => Damaged(random, [.. head, .. file, .. "\r\n--x--\r\n"u8]),
            _ => [.. head, .. file, .. "\r\n--x--\r\n"u8],
        };
        ByteArrayContent content = new(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        return content;
    }

    // Some bytes are others, and perhaps the end is missing.
    private static byte[] Damaged(Random random, byte[] bytes)
    {
        byte[] copy = [.. bytes];
        for (int change = random.Next(20); change >= 0 && copy.Length > 0; change--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return random.Next(3) == 0 ? copy[..random.Next(copy.Length + 1)] : copy;
    }
}
