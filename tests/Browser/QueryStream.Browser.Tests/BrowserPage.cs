using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>
/// A page in a browser of its own. It collects what no page may have: errors and warnings of the console, failures of scripts, and requests to hosts
/// other than the coordinator's.
/// </summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private const int Height = 844;
    private const float Limit = 60_000;
    private const string PicturesVariable = "QUERYSTREAM_SCREENSHOTS";

    // What passes is not looked at, and would be most of the answer.
    private static readonly AxeRunOptions Violations = new() { ResultTypes = [ResultType.Violations] };

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _faults = [];
    private string _theme = "";

    private BrowserPage(IPlaywright playwright, IBrowser browser, IPage page, string address)
    {
        (_playwright, _browser, Page, Address) = (playwright, browser, page, address);
        page.SetDefaultTimeout(Limit);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console {message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"script: {error}");
        page.Request += (_, request) => Note(
            !request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal),
            $"request to {request.Url}");
        page.WebSocket += (_, socket) => Note(new Uri(socket.Url).Authority != new Uri(address).Authority, $"web socket to {socket.Url}");
    }

    public IPage Page { get; }

    /// <summary>The address of the coordinator.</summary>
    public string Address { get; }

    /// <summary>What no page may have.</summary>
    public IEnumerable<string> Faults => _faults;

    /// <summary>Opens a browser.</summary>
    /// <param name="address">HOST:PORT of the coordinator.</param>
    /// <param name="isDark">Whether its user likes it dark.</param>
    public static async Task<BrowserPage> OpenAsync(string address, bool isDark = false)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = BrowserFactAttribute.Path, Args = ["--no-sandbox"] });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = Height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
        });
        return new BrowserPage(playwright, browser, page, $"http://{address}") { _theme = isDark ? "-dark" : "" };
    }

    /// <summary>Makes the window as wide as this, in pixels.</summary>
    public Task ResizeAsync(int width) => Page.SetViewportSizeAsync(width, Height);

    /// <summary>Loads a page, and waits until it is live: its clock moves.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync($"{Address}{path}");
        await LiveAsync();
    }

    /// <summary>Waits until the page shows another sample.</summary>
    public async Task LiveAsync()
    {
        string before = await Page.Locator(".live time").InnerTextAsync();
        await Assertions.Expect(Page.Locator(".live time")).Not.ToHaveTextAsync(before, new LocatorAssertionsToHaveTextOptions { Timeout = Limit });
    }

    /// <summary>Waits until something shows a text.</summary>
    public Task ShowsAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector).First).ToContainTextAsync(text, new LocatorAssertionsToContainTextOptions { Timeout = Limit });

    /// <summary>
    /// Fails where the page is not accessible, as axe-core sees it, or wider than the window; and keeps a picture where that is asked for.
    /// </summary>
    public async Task CheckAsync(string name)
    {
        string shown = await PictureAsync(name);
        AxeResult result = await Page.RunAxe(Violations);
        Assert.True(result.Violations.Length == 0, $"{shown}: " + string.Join("\n", result.Violations.Select(
            violation => $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")));
        int overhang = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overhang <= 0, $"{shown} is {overhang} px too wide.");
    }

    /// <summary>Keeps a picture where that is asked for.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> PictureAsync(string name)
    {
        string shown = $"{name}-{Page.ViewportSize!.Width}{_theme}";
        if (Environment.GetEnvironmentVariable(PicturesVariable) is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{shown}.png") });
        }

        return shown;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Note(bool isFault, string fault)
    {
        if (isFault)
        {
            _faults.Enqueue(fault);
        }
    }
}
